/** The scenario of the shipped drive, alone in the first load; all of them come with the lab worker's other answers. */
export { default as firstScenario } from '../../public/shipped/drive.json?scenario';
