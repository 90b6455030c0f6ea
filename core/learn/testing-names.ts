/** Test only: a list of names of our own, for what needs a list and no particular one. */
export const NAMES: readonly string[] = (
  'ada adele agnes aisha alba alma amara anders anika anton arthur astrid august aya bela benno bianca birgit boris bram bruno ' +
  'carla casimir cecil clara conrad cosima dagmar dalia dario david delia dora edda edgar elena eli elsa emil emma enzo erik esra ' +
  'esther eva fabian farah felix fiona flora franka frieda gabor georg gerda gisela greta gustav hamid hanna hector hedda helena ' +
  'henrik hilda hugo ida igor ilse imre ines ingrid irina isaac ivan jakob jana jasper jonas jorge josef judith julia kai karim ' +
  'karla kasper katja kim klara konrad lara lasse laura leo lena levi lina linus lola lotte lucia ludwig luis magda malik mara ' +
  'marek maria marius marta mateo mathilda max maya mila milo mina mira moritz nadia nele nico nils nina noah nora olaf olga ' +
  'omar orla oskar otto paula pavel pia quentin rafael rana rita robin rosa ruben ruth samir sara selma silas simon sofia stella ' +
  'sven tamara tariq tessa theo thora tilda tomas ugo ursula vera viktor vilma walter wanda wilma xenia yara yusuf yvonne zara ' +
  'zelda zoltan'
).split(' ');
